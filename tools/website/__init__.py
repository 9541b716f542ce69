"""The pages of the site that are made as it is built, out of rules, tables and recorded runs."""
