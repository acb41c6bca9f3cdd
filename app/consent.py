"""The words of the consent that an instance begins with; an authority's own are a newer version."""

from core.identity import PERSONAL_DATA, publish_consent_document
from core.store import UnitOfWork

_RUSSIAN = """Я соглашаюсь, чтобы администрация хранила моё имя, место жительства и то, что я пишу, \
голосую и предлагаю в этом сервисе, и отвечала мне. Данные хранятся в России и не передаются другим. \
Согласие можно отозвать в кабинете в любой момент: тогда останется только чтение, а уже отданные \
голоса будут учтены без имени."""
_ENGLISH = """I agree that the administration keeps my name, my place of living and what I write, vote \
and propose in this service, and answers me. The data stay in Russia and are not given to others. I may \
withdraw this consent in my account at any time: only reading remains then, and votes already cast \
stay counted without a name."""


def publish_consent(uow: UnitOfWork) -> bool:
    """Publish the first version; again changes nothing."""
    return publish_consent_document(uow, kind=PERSONAL_DATA, version=1, text_ru=_RUSSIAN, text_en=_ENGLISH)
