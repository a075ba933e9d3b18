"""python -m presales_repo"""

from presales_repo.cli.main import main

main()
