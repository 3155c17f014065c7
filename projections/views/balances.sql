-- balances: one row per account, whatever the day; see balances_on for a day's.
-- Reads: accounts, account_kind, movements, lot_days_on.
--
-- member            the account's name: a member's id, or purse:<id>
-- kind              'member' or 'purse'
-- available_points  what is left in the lots, points units: pending and lapsed included
-- held_points       what holds have reserved
-- debt_points       what is owed
-- balance_points    available + held - debt
-- open_lots         lots with something left in them
-- next_expires_on   the earliest last good day among the lots with available points; NULL for none
-- last_position     the last event that moved its points; NULL for none
CREATE VIEW balances AS
WITH moved AS (
    SELECT
        member,
        lot,
        coalesce(sum(points) FILTER (bucket = 'available'), 0)::BIGINT AS available,
        coalesce(sum(points) FILTER (bucket = 'held'), 0)::BIGINT AS held,
        coalesce(sum(points) FILTER (bucket = 'debt'), 0)::BIGINT AS debt,
        max(position) AS last_position
    FROM movements
    GROUP BY member, lot
),
of_account AS (
    SELECT
        member,
        sum(available)::BIGINT AS available,
        sum(held)::BIGINT AS held,
        sum(debt)::BIGINT AS debt,
        count(*) FILTER (lot > 0 AND available + held <> 0) AS open_lots,
        min(expires_on) FILTER (available > 0) AS next_expires_on,
        max(last_position) AS last_position
    FROM moved LEFT JOIN lot_days_on(DATE 'infinity') USING (member, lot)
    GROUP BY member
)
SELECT
    member,
    account_kind(member) AS kind,
    coalesce(available, 0) AS available_points,
    coalesce(held, 0) AS held_points,
    coalesce(debt, 0) AS debt_points,
    coalesce(available + held - debt, 0) AS balance_points,
    coalesce(open_lots, 0) AS open_lots,
    next_expires_on,
    last_position
FROM (SELECT member FROM accounts) FULL JOIN of_account USING (member);
