-- cards: one row per card that was ever issued, as it is by the last event about it.
-- Reads: card_issues, card_stops, card_unblocks, members.
--
-- card         the number
-- member       whom it was issued to
-- survivor     whom it leads to: the member, or who they were merged into
-- status       'good', 'lost', 'stolen', 'damaged', 'exchanged', 'blocked' or 'closed'
-- since_at     since when it is so, UTC
-- since_on     the business day of it
-- issued_on    the business day when it was issued
-- replaces     the card that it took the place of, '' for none
-- replaced_by  the card that took its place, '' for none
-- position     place of the last event about it
CREATE VIEW cards AS
WITH told AS (
    SELECT card, position, 'good' AS status, occurred_at, occurred_on FROM card_issues
    UNION ALL
    SELECT card, position, stopped_for, occurred_at, occurred_on FROM card_stops
    UNION ALL
    SELECT card, position, 'good', occurred_at, occurred_on FROM card_unblocks
),
standing AS (
    SELECT
        card,
        arg_max(status, position) AS status,
        arg_max(occurred_at, position) AS since_at,
        arg_max(occurred_on, position) AS since_on,
        max(position) AS position
    FROM told
    GROUP BY card
),
replacements AS (
    SELECT replaces AS card, card AS replaced_by FROM card_issues WHERE replaces <> ''
)
SELECT
    card,
    issued.member AS member,
    coalesce(members.survivor, issued.member) AS survivor,
    standing.status AS status,
    since_at,
    since_on,
    issued.occurred_on AS issued_on,
    replaces,
    coalesce(replaced_by, '') AS replaced_by,
    standing.position AS position
FROM card_issues AS issued
JOIN standing USING (card)
LEFT JOIN replacements USING (card)
LEFT JOIN members ON members.member = issued.member;
