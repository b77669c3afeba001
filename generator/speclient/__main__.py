"""`python -m speclient`."""

import sys

from speclient.cli import main

sys.exit(main())
