from django.urls import path

from apps.accounts import closing_pages

urlpatterns = [
    path("<uuid:uid>/delete/", closing_pages.delete_workspace, name="delete_workspace"),
    path("<uuid:uid>/restore/", closing_pages.restore_workspace, name="restore_workspace"),
]
