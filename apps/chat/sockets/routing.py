from django.urls import path

from apps.chat.sockets.consumers import ChatConsumer

websocket_urlpatterns = [path("ws/v1/", ChatConsumer.as_asgi())]
