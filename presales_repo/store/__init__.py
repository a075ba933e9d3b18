"""All I/O: git plumbing, files, signing, caches."""
