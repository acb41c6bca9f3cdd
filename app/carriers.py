"""The messengers of this instance: which it has, what each may carry, and how each is reached."""

from app.settings import Settings
from core.store import Database
from messengers import Carrier, ChannelPolicy, LivePolicies, Webhook, hook_secret, webhook
from messengers.clients import MaxClient, VkClient


def live_policies(settings: Settings, database: Database) -> LivePolicies:
    """What each messenger of this instance may carry now, by the settings until somebody chooses."""
    always = {Carrier.WEB: ChannelPolicy.FULL}
    mail = {Carrier.EMAIL: ChannelPolicy.FULL} if settings.smtp_url else {}
    asked = initial_policies(settings)
    return LivePolicies(database, {**always, **mail, **{one: asked[one] for one in messengers_of(settings)}})


def initial_policies(settings: Settings) -> dict[Carrier, ChannelPolicy]:
    """What the settings say of each messenger, whether it has a token or not."""
    return {
        Carrier.TELEGRAM: ChannelPolicy(settings.channel_policy_telegram),
        Carrier.MAX: ChannelPolicy(settings.channel_policy_max),
        Carrier.VK: ChannelPolicy(settings.channel_policy_vk),
    }


def messengers_of(settings: Settings) -> list[Carrier]:
    """The messengers that have a token, beside the web chat; what each may carry is another question."""
    return [Carrier(name) for name, token in settings.messenger_tokens.items() if token]


def mini_app_tokens(settings: Settings) -> dict[Carrier, str]:
    """What the messengers that may open our page inside themselves sign with."""
    tokens = {Carrier.TELEGRAM: settings.telegram_bot_token, Carrier.MAX: settings.max_bot_token}
    return {carrier: token for carrier, token in tokens.items() if carrier in messengers_of(settings)}


def webhook_of(settings: Settings, carrier: Carrier) -> Webhook | None:
    """Where the messenger brings its updates, None if we fetch them."""
    if not settings.webhooks:
        return None
    return webhook(carrier, public_url=settings.public_url, secret_key=settings.secret_key)


def hook_secrets(settings: Settings) -> dict[Carrier, str]:
    """The secret of each door that is open; none where updates are fetched."""
    if not settings.webhooks:
        return {}
    secrets = {carrier: hook_secret(carrier, settings.secret_key) for carrier in messengers_of(settings)}
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
