"""Resident ID numbers: check character, date and sex; masked for lists. All numbers are made up."""

from __future__ import annotations

from datetime import date

import pytest

from bangfu.files.id_number import check_character, holds_id_number, read_id_number
from bangfu_office.masking import masked_id, masked_name, masked_text


def number(body: str) -> str:
    """Return a made-up number with its right check character."""
    return body + check_character(body)


def test_the_published_example_of_the_standard() -> None:
    """GB 11643's own example: 11010519491231002X."""
    assert check_character("11010519491231002") == "X"


@pytest.mark.parametrize(("order", "sex"), [("001", "male"), ("002", "female")])
def test_birth_date_and_sex_are_read(order: str, sex: str) -> None:
    """Digits 7 to 14 are the day of birth; the 17th is odd for men."""
    identity = read_id_number(number(f"52272320040229{order}"))
    assert (identity.birth_date, identity.sex) == (date(2004, 2, 29), sex)


@pytest.mark.parametrize(
    "wrong",
    ["5227232004022900", "52272320050229001X", "5227232004022900A1", number("52272320040229001")[:-1] + "?"],
)
def test_a_wrong_number_is_refused_without_a_digit_of_it_in_the_message(wrong: str) -> None:
    """Length, characters, date."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the message is looked at below
        read_id_number(wrong)
    assert "5227" not in str(caught.value)


def test_every_single_wrong_digit_is_seen() -> None:
    """MOD 11-2 finds each changed digit."""
    right = number("52272320040229001")
    for place in range(17):
        for digit in "0123456789":
            changed = right[:place] + digit + right[place + 1 :]
            if changed != right:
                with pytest.raises(ValueError, match=r"校验码|日期"):
                    read_id_number(changed)


def test_a_county_code_that_tables_lack_is_no_error() -> None:
    """Divisions come and go; a number outlives them."""
    assert read_id_number(number("33011319900101001")).sex == "male"


def test_the_mask_keeps_four_at_either_end() -> None:
    """The form for lists; nothing at all of what is too short to hide."""
    assert masked_id("52272320040229001X") == "5227**********001X"
    assert masked_id("12345678") == "********"


def test_of_a_name_the_first_character_stays() -> None:
    """The form for lists; a name of one character is covered."""
    assert [masked_name(name) for name in ("张大山", "张某", "张", "")] == ["张**", "张*", "*", ""]


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("52272319880808006X", True),
        ("52272319880808006x", True),
        ("５２２７２３１９８８０８０８００６Ｘ", True),
        ("户52272319880808006X-1", True),
        ("5227231988080800600", False),
        ("0152272319880808006X", True),
        ("522723880808006", True),
        ("旧522723880808006号", True),
        ("992723880808006", False),
        ("522723881308006", False),
        ("52272319880808006", False),
        ("522723198808080060", False),
        ("522723102201-000001", False),
        ("522723102201000001", False),
        ("001", False),
        ("", False),
    ],
)
def test_an_id_number_is_found_in_a_text(text: str, holds: bool) -> None:
    """Of 18 or 15 characters, however written; no other number is taken for one."""
    assert holds_id_number(text) is holds


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("石大山52272319880808006X户口簿.xlsx", "石**5227**********006X户口簿.xlsx"),
        ("石大和石大山", "石*和石**"),
        ("石 大 山的低保证", "石**的低保证"),
        ("５２２７２３１９８８０８０８００６Ｘ", "５２２７**********００６Ｘ"),
        ("522723 19880808 006x", "5227************006x"),
        ("末位写错的 522723198808080061", "末位写错的 5227**********0061"),
        ("旧号 522723880808006", "旧号 5227*******8006"),
        ("并入 522723102201-000002", "并入 522723102201-000002"),
        ("账号 6217001234567890123", "账号 6217001234567890123"),
    ],
)
def test_what_is_written_freely_is_masked(text: str, shown: str) -> None:
    """Known names, the longest first, and whatever looks like an ID number, however written; nothing else."""
    assert masked_text(text, ["石大", "石大山"]) == shown
