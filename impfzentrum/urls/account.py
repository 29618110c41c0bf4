"""One's own account: the second step of the login, the links of mails, the county's own directory."""

from django.urls import path

from impfzentrum.views import account_links, directory, second_factor

account_urls = [
    path("intern/anmelden/code/", second_factor.code, name="code"),
    path("intern/zweiter-schritt/", second_factor.factor, name="factor"),
    path("intern/zweiter-schritt/app/", second_factor.begin, name="begin"),
    path("intern/zweiter-schritt/einrichten/", second_factor.set_up, name="set_up"),
    path("intern/zweiter-schritt/ersatzcodes/", second_factor.renew, name="renew_codes"),
    path("intern/einladung/<str:token>/", account_links.invitation, name="invitation"),
    path("intern/passwort/", account_links.forgotten, name="forgotten"),
    path("intern/passwort/unterwegs/", account_links.forgotten_sent, name="forgotten_sent"),
    path("intern/passwort/<str:token>/", account_links.new_password, name="new_password"),
    path("intern/verzeichnis/", directory.begin, name="directory"),
    path("intern/verzeichnis/zurueck/", directory.come_back, name="directory_back"),
]
