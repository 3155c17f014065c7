-- tiers: one row per tier that any version of the program has named.
-- Reads: programs.
--
-- tier         the tier's id
-- label        its name, by the newest version that names it
-- rank         from 1, the lowest, by that version
-- in_program   whether the newest version still has it
CREATE VIEW tiers AS
WITH named AS (
    SELECT position, unnest(tiers, recursive := true) FROM programs
)
SELECT
    tier,
    arg_max(label, position) AS label,
    arg_max(rank, position) AS rank,
    max(position) = (SELECT max(position) FROM programs) AS in_program
FROM named
GROUP BY tier;
