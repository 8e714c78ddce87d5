from django.urls import re_path

from apps.chat.sockets.consumers import ChatConsumer

websocket_urlpatterns = [
    re_path(r"^ws/v1/\Z", ChatConsumer.as_asgi())
]  # path() would match longer addresses too
