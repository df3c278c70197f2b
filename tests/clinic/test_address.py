import pytest

from bookings.models import Clinic


@pytest.mark.parametrize(
    ("form", "language", "expected"),
    [("je", "nl", "nl"), ("u", "nl", "nl-formal"), ("u", "en", "en")],
)
def test_the_clinic_chooses_how_it_speaks(client, treatment, form, language, expected):
    Clinic.objects.update(form_of_address=form)
    answer = client.get("/", headers={"accept-language": language})

    assert answer["Content-Language"] == expected
    assert f'<html lang="{expected[:2]}">' in answer.content.decode()
