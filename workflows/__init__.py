"""Die Runden, wie Prefect sie anstößt; was eine Runde tut, steht in `service.lauf`.

Prefect liest seine Umgebung beim ersten Import. Darum steht sie hier, im Paket, vor jedem Modul, das Prefect einführt.
"""

import os

from workflows.umgebung import stelle_ein

stelle_ein(os.environ)
