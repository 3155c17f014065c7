-- member_phones: one row per member, how many phones lead to their own account. No phone is known here,
-- nor its hash.
-- Reads: enrolments, phone_links, phone_unlinks.
--
-- member     the member's id
-- phones     how many phones are linked
-- has_phone  whether there is one
CREATE VIEW member_phones AS
WITH told AS (
    SELECT member, 1 AS change FROM phone_links
    UNION ALL
    SELECT member, -1 FROM phone_unlinks
),
counted AS (
    SELECT member, sum(change)::BIGINT AS phones FROM told GROUP BY member
)
SELECT member, coalesce(phones, 0) AS phones, coalesce(phones, 0) > 0 AS has_phone
FROM enrolments LEFT JOIN counted USING (member);
