"""What providers tell us."""

from django.urls import path

from impfzentrum.views import gateway, mail_hooks

gateway_urls = [
    path("gateway/seven/", gateway.seven, name="seven"),
    path("gateway/mailgun/<str:secret>/", mail_hooks.mailgun, name="mailgun"),
    path("gateway/e-mail/", mail_hooks.mail_report, name="mail_report"),
    path("gateway/twilio/antwort/", gateway.twilio_reply, name="twilio_reply"),
    path("gateway/twilio/beleg/<str:reference>/", gateway.twilio_receipt, name="twilio_receipt"),
    path("gateway/kannel/antwort/<str:secret>/", gateway.kannel_reply, name="kannel_reply"),
    path("gateway/kannel/beleg/<str:reference>/<str:secret>/", gateway.kannel_receipt, name="kannel_receipt"),
]
