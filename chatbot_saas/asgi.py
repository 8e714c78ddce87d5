"""HTTP and WebSocket entry point. Sockets pass the origin check before a consumer exists."""

import os

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
django.setup(set_prefix=False)  # must come before models are imported

from apps.chat.sockets.routing import websocket_urlpatterns  # noqa: E402
from chatbot_saas.serving.http_application import HttpApplication  # noqa: E402
from chatbot_saas.serving.lifespan import Lifespan  # noqa: E402
from chatbot_saas.websocket_origin import WebSocketOrigin  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": HttpApplication(),
        "websocket": WebSocketOrigin(SessionMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "lifespan": Lifespan(),
    }
)
