-- `commune` means all villages wherever a place is named; a village can't have that code.
INSERT INTO fates
SELECT source_file, source_row, 'refused', 'village'
FROM rows_of_villages
SEMI JOIN standing ON standing.file = source_file AND standing.row = source_row
WHERE folded(village) = 'commune';
