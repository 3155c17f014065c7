-- survivors: one row per member who was merged into another one and not taken out again.
-- Reads: merges, restorations.
--
-- member       the member's id
-- merged_into  whom they were merged into
-- survivor     who they are now: the end of the chain, where that one was merged, too
CREATE VIEW survivors AS
WITH RECURSIVE told AS (
    SELECT member, position, other AS merged_into FROM merges
    UNION ALL
    SELECT member, position, '' FROM restorations
),
merged AS (
    SELECT member, arg_max(merged_into, position) AS merged_into
    FROM told
    GROUP BY member
    HAVING arg_max(merged_into, position) <> ''
),
chain(member, reached) AS (
    SELECT member, merged_into FROM merged
    UNION
    SELECT chain.member, merged.merged_into
    FROM chain JOIN merged ON merged.member = chain.reached
)
SELECT merged.member, merged.merged_into, chain.reached AS survivor
FROM merged JOIN chain USING (member)
WHERE chain.reached NOT IN (SELECT member FROM merged);
