"""HTTP and WebSocket entry point. Sockets pass the origin check before a consumer exists."""

import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
http_application = get_asgi_application()  # sets Django up: must come before models are imported

from apps.chat.sockets.routing import websocket_urlpatterns  # noqa: E402
from chatbot_saas.body_limit import BodyLimit  # noqa: E402
from chatbot_saas.lifespan import Lifespan  # noqa: E402
from chatbot_saas.websocket_origin import WebSocketOrigin  # noqa: E402

application = ProtocolTypeRouter(
    {
        "http": BodyLimit(http_application),
        "websocket": WebSocketOrigin(SessionMiddlewareStack(URLRouter(websocket_urlpatterns))),
        "lifespan": Lifespan(),
    }
)
