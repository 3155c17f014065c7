-- tier_ladder: one row per tier of the program, and one for the members without a card. Who has
-- left or was merged is not counted.
-- Reads: tier_cards, tiers.
--
-- tier      the tier's id, '' for no card
-- label     its name, '' for no card
-- rank      from 1, the lowest; 0 for no card
-- members   how many hold it
CREATE VIEW tier_ladder AS
WITH held AS (
    SELECT member, tier, label, rank FROM tier_cards WHERE status NOT IN ('closed', 'merged')
),
rungs AS (
    SELECT tier, label, rank FROM tiers WHERE in_program
    UNION
    SELECT '', '', 0
    UNION
    SELECT tier, label, rank FROM held
)
SELECT rungs.tier, rungs.label, rungs.rank, count(held.member) AS members
FROM rungs LEFT JOIN held ON held.tier = rungs.tier
GROUP BY ALL
ORDER BY rungs.rank, rungs.tier;
