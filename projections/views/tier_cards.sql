-- tier_cards: one row per member, the card that they hold by the last event about it, whether it
-- went up or down. Who was merged or has left has a row, too: `status` tells.
-- Reads: enrolments, tier_changes, tiers_kept, tiers, members.
--
-- member       the member's id
-- tier         the tier's id, '' for no card
-- label        its name, '' for no card
-- rank         from 1, the lowest; 0 for no card
-- since_at     from when on it is held as it is, UTC: given, or kept by its last review
-- since_on     the business day of it
-- valid_until  last good day, NULL where it has no end
-- status       the member's: 'open', 'frozen', 'closed' or 'merged'; '' for one who never joined
-- position     place of the event that gave it
CREATE VIEW tier_cards AS
WITH given AS (
    SELECT member, position, tier, occurred_at, occurred_on, NULL::DATE AS valid_until
    FROM enrolments
    UNION ALL
    SELECT member, position, tier_to, occurred_at, occurred_on, valid_until
    FROM tier_changes
    UNION ALL
    SELECT member, position, tier, occurred_at, occurred_on, valid_until
    FROM tiers_kept
),
held AS (
    SELECT
        member,
        arg_max(
            {
                'tier': tier,
                'since_at': occurred_at,
                'since_on': occurred_on,
                'valid_until': valid_until,
                'position': position
            },
            position
        ) AS card
    FROM given
    GROUP BY member
)
SELECT
    member,
    card.tier AS tier,
    coalesce(tiers.label, card.tier) AS label,
    coalesce(tiers.rank, 0) AS rank,
    card.since_at AS since_at,
    card.since_on AS since_on,
    card.valid_until AS valid_until,
    coalesce(status, '') AS status,
    card.position AS position
FROM held LEFT JOIN tiers ON tiers.tier = card.tier LEFT JOIN members USING (member);
