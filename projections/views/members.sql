-- members: one row per person who ever joined; purses are not among them.
-- Reads: enrolments, freezes, unfreezes, closings, merges, restorations, survivors.
--
-- member        the member's id
-- enrolled_at   when they joined, UTC
-- enrolled_on   the business day of it, in the program's zone
-- store         where they joined, '' where it was not said
-- status        'open', 'frozen' (not to be spent from), 'closed' (they left) or 'merged'
-- merged_into   whom they were merged into, '' for all who were not
-- survivor      who they are now: the end of the chain of merges, else the member itself
-- position      place of the enrolment in the log
CREATE VIEW members AS
WITH told AS (
    SELECT member, position, 'frozen' AS status FROM freezes
    UNION ALL
    SELECT member, position, 'open' FROM unfreezes
    UNION ALL
    SELECT member, position, 'closed' FROM closings
    UNION ALL
    SELECT member, position, 'merged' FROM merges
    UNION ALL
    SELECT member, position, 'open' FROM restorations
),
standing AS (
    SELECT member, arg_max(status, position) AS status FROM told GROUP BY member
)
SELECT
    member,
    occurred_at AS enrolled_at,
    occurred_on AS enrolled_on,
    store,
    coalesce(status, 'open') AS status,
    coalesce(merged_into, '') AS merged_into,
    coalesce(survivor, member) AS survivor,
    position
FROM enrolments LEFT JOIN standing USING (member) LEFT JOIN survivors USING (member);
