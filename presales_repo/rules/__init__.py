"""Pure rules: (document, policy, register) in, findings out."""
