"""Helm charts met in the wild: what their values mean, in files of their own and in HelmReleases of Flux."""
