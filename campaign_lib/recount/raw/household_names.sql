-- The households that other tables may name: those of the register.
INSERT INTO names
SELECT DISTINCT 'household', folded(household), household FROM households;
