"""HTTP and WebSocket entry point. The origin of a socket is checked before a consumer is created."""

import os
from typing import Any, cast

import django
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.sessions import SessionMiddlewareStack
from django.urls import re_path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatbot_saas.settings")
django.setup(set_prefix=False)  # must come before models are imported

from apps.chat.sockets.routing import websocket_urlpatterns  # noqa: E402
from chatbot_saas.serving.http_application import HttpApplication  # noqa: E402
from chatbot_saas.serving.lifespan import Lifespan  # noqa: E402
from chatbot_saas.serving.replies import reply_no_socket  # noqa: E402
from chatbot_saas.socket_ticket import TicketSession  # noqa: E402
from chatbot_saas.websocket_origin import WebSocketOrigin  # noqa: E402

unknown = re_path("", cast(Any, reply_no_socket))  # channels routes ASGI applications, and not views
sockets = URLRouter([*websocket_urlpatterns, unknown])
application = ProtocolTypeRouter(
    {
        "http": HttpApplication(),
        "websocket": TicketSession(sockets, WebSocketOrigin(SessionMiddlewareStack(sockets))),
        "lifespan": Lifespan(),
    }
)
