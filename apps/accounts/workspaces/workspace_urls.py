from django.urls import path

from apps.accounts import closing_pages
from apps.accounts.workspaces import invitation_pages, people_pages, workspace_pages

urlpatterns = [
    path("workspaces/", workspace_pages.workspaces, name="workspaces"),
    path("workspaces/new/", workspace_pages.new_workspace, name="new_workspace"),
    path("workspaces/<uuid:uid>/", workspace_pages.workspace, name="workspace"),
    path("workspaces/<uuid:uid>/choose/", workspace_pages.choose, name="choose_workspace"),
    path("workspaces/<uuid:uid>/delete/", closing_pages.delete_workspace, name="delete_workspace"),
    path("workspaces/<uuid:uid>/restore/", closing_pages.restore_workspace, name="restore_workspace"),
    path("workspaces/<uuid:uid>/leave/", workspace_pages.leave, name="leave_workspace"),
    path("workspaces/<uuid:uid>/people/", people_pages.people, name="people"),
    path("workspaces/<uuid:uid>/people/<uuid:person>/", people_pages.person, name="person"),
    path("workspaces/<uuid:uid>/people/<uuid:person>/remove/", people_pages.remove, name="remove_person"),
    path(
        "workspaces/<uuid:uid>/people/<uuid:person>/transfer/",
        people_pages.transfer,
        name="transfer_ownership",
    ),
    path("workspaces/<uuid:uid>/invite/", invitation_pages.new_invitation, name="invite"),
    path(
        "workspaces/<uuid:uid>/invitations/<uuid:invitation>/resend/",
        invitation_pages.resend_invitation,
        name="resend_invitation",
    ),
    path(
        "workspaces/<uuid:uid>/invitations/<uuid:invitation>/revoke/",
        invitation_pages.revoke_invitation,
        name="revoke_invitation",
    ),
    path("invitations/<str:token>/", invitation_pages.invitation, name="invitation"),
]
