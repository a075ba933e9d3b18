"""Measures how fast prs is, on generated repositories. Never part of the test suite: machines differ and are shared.

Every target is a ratio to a command measured in turn with the one in question:

P1  pre-commit hook, one changed document: CPU ≤ 5 × `python -c pass`; beyond what `git diff --cached` takes, ≤ 1.3 ×
    as much in the largest repository as in the smallest
P2  `prs --version` (start-up): CPU ≤ 5 × `python -c pass`
P3  `prs check` of everything, nothing known before: ≥ 5,000 documents/s
P4  `prs check`, `list`, `show`, nothing changed: CPU ≤ start-up + 3 × `git ls-files -s`
P5  `prs new`: CPU ≤ 1.3 × the same in the smallest repository
P6  `prs submit`, `prs approve`: CPU ≤ start-up + 6 × one signature by ssh-keygen; as P5 for growth
P7  `prs verify --full`: ≥ 2,000 entries/s and core, ≥ 30 × `git verify-commit`
P9  numbers over ssh, eight clones at once: no duplicate, no gap, ≥ 0.5 × the rate of plain `git push`
"""
