-- conservation: one row per account: where its points came from, and where they are.
-- Reads: accounts, account_kind, postings.
--
-- member              the account's name: a member's id, or purse:<id>
-- kind                'member' or 'purse'
-- earned_points       by purchases, points units
-- awarded_points      without a purchase
-- rebated_points      by rebates
-- accrued_points      with co-branded cards, less what corrections took back
-- adjusted_points     by hand, signed
-- transferred_points  from other accounts, less what went to them; adds up to 0 over all accounts
-- exchanged_points    from other programs, less what went to them and was not given back
-- redeemed_points     spent, less what was given back
-- expired_points      lapsed and recorded, less what was undone
-- returned_points     taken back with goods, less what less kept earned more
-- forfeited_points    given up when the member left
-- available_points    what is left in the lots
-- held_points         what holds have reserved
-- debt_points         what is owed
-- difference          earned + awarded + rebated + accrued + adjusted + transferred + exchanged
--                     - redeemed - expired - returned - forfeited - (available + held - debt):
--                     0, or the books are wrong
CREATE VIEW conservation AS
WITH posted AS (
    SELECT
        member,
        -coalesce(sum(points) FILTER (account = 'earned'), 0) AS earned,
        -coalesce(sum(points) FILTER (account = 'awarded'), 0) AS awarded,
        -coalesce(sum(points) FILTER (account = 'rebated'), 0) AS rebated,
        -coalesce(sum(points) FILTER (account = 'accrued'), 0) AS accrued,
        -coalesce(sum(points) FILTER (account = 'adjusted'), 0) AS adjusted,
        -coalesce(sum(points) FILTER (account = 'transferred'), 0) AS transferred,
        -coalesce(sum(points) FILTER (account = 'exchanged'), 0) AS exchanged,
        coalesce(sum(points) FILTER (account = 'redeemed'), 0) AS redeemed,
        coalesce(sum(points) FILTER (account = 'expired'), 0) AS expired,
        coalesce(sum(points) FILTER (account = 'returned'), 0) AS returned,
        coalesce(sum(points) FILTER (account = 'forfeited'), 0) AS forfeited,
        coalesce(sum(points) FILTER (account = 'available'), 0) AS available,
        coalesce(sum(points) FILTER (account = 'held'), 0) AS held,
        -coalesce(sum(points) FILTER (account = 'debt'), 0) AS debt
    FROM postings
    GROUP BY member
)
SELECT
    member,
    account_kind(member) AS kind,
    coalesce(earned, 0)::BIGINT AS earned_points,
    coalesce(awarded, 0)::BIGINT AS awarded_points,
    coalesce(rebated, 0)::BIGINT AS rebated_points,
    coalesce(accrued, 0)::BIGINT AS accrued_points,
    coalesce(adjusted, 0)::BIGINT AS adjusted_points,
    coalesce(transferred, 0)::BIGINT AS transferred_points,
    coalesce(exchanged, 0)::BIGINT AS exchanged_points,
    coalesce(redeemed, 0)::BIGINT AS redeemed_points,
    coalesce(expired, 0)::BIGINT AS expired_points,
    coalesce(returned, 0)::BIGINT AS returned_points,
    coalesce(forfeited, 0)::BIGINT AS forfeited_points,
    coalesce(available, 0)::BIGINT AS available_points,
    coalesce(held, 0)::BIGINT AS held_points,
    coalesce(debt, 0)::BIGINT AS debt_points,
    earned_points + awarded_points + rebated_points + accrued_points + adjusted_points
        + transferred_points + exchanged_points - redeemed_points - expired_points
        - returned_points - forfeited_points
        - (available_points + held_points - debt_points) AS difference
FROM (SELECT member FROM accounts) FULL JOIN posted USING (member);
