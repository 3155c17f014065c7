-- tier_ladder: one row per tier of the program, and one for the members without a card.
-- Reads: tier_cards, tiers.
--
-- tier      the tier's id, '' for no card
-- label     its name, '' for no card
-- rank      from 1, the lowest; 0 for no card
-- members   how many hold it
CREATE VIEW tier_ladder AS
WITH rungs AS (
    SELECT tier, label, rank FROM tiers WHERE in_program
    UNION
    SELECT '', '', 0
    UNION
    SELECT tier, label, rank FROM tier_cards
)
SELECT rungs.tier, rungs.label, rungs.rank, count(tier_cards.member) AS members
FROM rungs LEFT JOIN tier_cards ON tier_cards.tier = rungs.tier
GROUP BY ALL
ORDER BY rungs.rank, rungs.tier;
