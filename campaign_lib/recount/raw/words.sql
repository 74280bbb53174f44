-- How words are compared (contract, section 2): in Unicode NFC, white space (no-break spaces too)
-- trimmed and collapsed, and without case. Beyond that matches are exact, never fuzzy.
-- Most cells are one word of plain letters and signs, which is tidy as it stands.
CREATE MACRO tidy(words) AS CASE
    WHEN regexp_full_match(words, '[!-~]*') THEN words
    ELSE trim(
        regexp_replace(nfc_normalize(words), '[\s\x{0b}\x{1c}-\x{1f}\x{85}\p{Z}]+', ' ', 'g'))
END;

CREATE MACRO small(tidied) AS nfc_normalize(lower(tidied));
CREATE MACRO folded(words) AS small(tidy(words));

-- The name of a people: by its letters alone, without what may stand before it.
CREATE MACRO people(words) AS regexp_replace(
    regexp_replace(trim(folded(words)), '^((đồng bào|dân tộc|người|dt)[.:]? )+', ''),
    '[\s''`\x{b4}\x{2bc}\x{2018}\x{2019}\x{2010}-\x{2015}\x{2212}-]+', '', 'g');

-- A spreadsheet's cell may hold a number, a date or a logical value instead of text. The loader
-- writes such a cell as ␚kind␚text, so that all cells are text here.
CREATE MACRO kind_of(cell) AS
    CASE WHEN starts_with(cell, chr(26)) THEN split_part(cell, chr(26), 2) ELSE 'text' END;

CREATE MACRO said_in(cell) AS
    tidy(CASE WHEN starts_with(cell, chr(26)) THEN split_part(cell, chr(26), 3) ELSE cell END);

-- A number without the blanks between its thousands.
CREATE MACRO unspaced(said) AS
    CASE WHEN regexp_full_match(said, '[+-]?[1-9]\d{0,2}( \d{3})+([.,]\d+)?')
        THEN replace(said, ' ', '') ELSE said END;

-- A month in English, a time behind a day, and the day that both are parts of.
CREATE MACRO english_month() AS
    '(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?';
CREATE MACRO clock() AS '(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: ?[ap]m)?)?';
CREATE MACRO in_english(parts) AS concat_ws('-', parts.year,
    1 + (instr('janfebmaraprmayjunjulaugsepoctnovdec', parts.name) - 1) // 3, parts.day);

-- Three numbers with one sign between them, and the year that two digits stand for, as Excel has it.
CREATE MACRO three_numbers(said) AS regexp_extract(
    CASE WHEN regexp_full_match(said, '\d+/\d+/\d+|\d+-\d+-\d+|\d+\.\d+\.\d+') THEN said ELSE '' END,
    '^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})$', ['first', 'second', 'year']);
CREATE MACRO whole_year(digits) AS
    CASE WHEN len(digits) = 4 THEN '' WHEN digits::INT <= 29 THEN '20' ELSE '19' END || digits;

-- A quarter as offices write it: Quý III/2025, Quý 3 năm 2025.
CREATE MACRO quarter_parts(spelling) AS regexp_extract(
    spelling, '^quý (iv|i{1,3}|[1-4])(?: ?[/-] ?|,? )(?:năm )?([1-9]\d{3})$', ['number', 'year']);
CREATE MACRO quarter_of_office(spelling) AS
    CASE WHEN quarter_parts(spelling).year <> '' THEN quarter_parts(spelling).year || 'Q' ||
        CASE quarter_parts(spelling).number
            WHEN 'i' THEN '1' WHEN 'ii' THEN '2' WHEN 'iii' THEN '3' WHEN 'iv' THEN '4'
            ELSE quarter_parts(spelling).number END END;
