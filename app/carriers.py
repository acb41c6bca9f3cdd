"""The messengers of this instance: which are on, by token and by channel policy, and how each is reached."""

from app.settings import Settings
from messengers import Carrier, ChannelPolicy, Webhook, hook_secret, webhook
from messengers.clients import MaxClient, VkClient


def policies_of(settings: Settings) -> dict[Carrier, ChannelPolicy]:
    """What each messenger may carry here; one without a token is off."""
    policies = {Carrier(name): ChannelPolicy(policy) for name, policy in settings.channel_policies.items()}
    mail = ChannelPolicy.FULL if settings.smtp_url else ChannelPolicy.OFF
    return {Carrier.WEB: ChannelPolicy.FULL, Carrier.EMAIL: mail, **policies}


def messengers_on(settings: Settings) -> list[Carrier]:
    """The messengers that we talk over, beside the web chat."""
    return [Carrier(name) for name, policy in settings.channel_policies.items() if policy != "off"]


def mini_app_tokens(settings: Settings) -> dict[Carrier, str]:
    """What the messengers that may open our page inside themselves sign with."""
    tokens = {Carrier.TELEGRAM: settings.telegram_bot_token, Carrier.MAX: settings.max_bot_token}
    return {carrier: token for carrier, token in tokens.items() if carrier in messengers_on(settings)}


def webhook_of(settings: Settings, carrier: Carrier) -> Webhook | None:
    """Where the messenger brings its updates, None if we fetch them."""
    if not settings.webhooks:
        return None
    return webhook(carrier, public_url=settings.public_url, secret_key=settings.secret_key)


def hook_secrets(settings: Settings) -> dict[Carrier, str]:
    """The secret of each door that is open; none where updates are fetched."""
    if not settings.webhooks:
        return {}
    secrets = {carrier: hook_secret(carrier, settings.secret_key) for carrier in messengers_on(settings)}
    # VK is told its secret by hand, in the community's settings.
    return {**secrets, Carrier.VK: settings.vk_secret} if Carrier.VK in secrets else secrets


def max_client(settings: Settings) -> MaxClient:
    """A client of MAX with connections of its own."""
    return MaxClient(
        token=settings.max_bot_token, api_base=settings.max_api_base, ca_file=settings.max_ca_file
    )


def vk_client(settings: Settings) -> VkClient:
    """A client of VK with connections of its own."""
    return VkClient(token=settings.vk_group_token, api_base=settings.vk_api_base)
