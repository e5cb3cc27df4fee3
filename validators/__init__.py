"""Is a text well-formed? Text in, value or code out: no I/O, and nothing of another room is imported.

Every module that judges a value follows one grammar:

    normalize(text) -> Cleaned    drops what typing and spreadsheets leave; `repairs` names what was changed
    fault(text) -> Code | None    judges the text strictly, as it is; None: nothing is wrong with it
    check(text) -> Checked        normalises, then judges
    is_valid(text) -> bool        whether fault(text) is None, where callers ask no more
    parse(text) -> value          the value of a text without fault; raises TextRefused with its fault else

Inside, the order is always the same: normalise, shape, parts, check digit. `codes` holds the codes,
`value_faults` and `faults` hold their words. In the table "texts" stands for `cell_text.clean` (outer
blanks, text guards and full-width forms go; repairs full_width, quotes, spaces), "numbers" for
`cell_text.clean_number` (inner blanks and lower case go too; repair lower_case too).

| module           | normalises       | faults                                       | repairs            |
|------------------|------------------|----------------------------------------------|--------------------|
| national_id      | numbers          | ID_MISSING ID_FORMAT ID_CHECK_DIGIT          | numbers            |
| resident_id      | numbers          | ID_MISSING ID_FORMAT ID_CHECK_DIGIT          | numbers            |
| person_id        | numbers          | ID_MISSING ID_FORMAT ID_CHECK_DIGIT          | numbers            |
| email_address    | texts            | EMAIL_MISSING EMAIL_FORMAT                   | full_width quotes  |
| phone            | national form    | PHONE_MISSING PHONE_FORMAT PHONE_DIGITS_LOST | all but lower_case |
| arc_serial       | numbers, hyphens | MISSING SERIAL_FORMAT                        | numbers            |
| household_number | numbers, hyphens | MISSING HOUSEHOLD_FORMAT                     | numbers            |
| neighbourhood    | texts, zeros, 鄰 | NEIGHBOURHOOD_FORMAT                         | texts              |
| card_number      | numbers          | MISSING CARD_NUMBER_FORMAT                   | numbers            |
| unit_code        | numbers          | MISSING UNIT_CODE_FORMAT                     | numbers            |
| roc_date         | nothing: `parse` | MISSING ROC_DATE_FORMAT                      | none               |
| file_name        | nothing: `parse` | FILE_NAME FILE_DATE FILE_DATE_FUTURE         | none               |

`id_column`, `email_column` and `phone_column` judge a whole column as `check` judges each of its cells, and
`employer_csv` the rows of many files. They need the batch's packages; nothing else here imports them.
"""
