"""The steps of the GitHub action and of the GitLab template, run as their runners run them."""
