"""The console as an ASGI application."""

import os
import warnings

from django.core.asgi import get_asgi_application

from bartizan.core.access import acts_as

# WhiteNoise hands static files over in blocks; that Django reads them in a thread is as it should be.
warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bartizan.settings")
application = get_asgi_application()
acts_as("web")
