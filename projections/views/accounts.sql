-- accounts: one row per account, of a member or a purse.
-- Reads: enrolments, purses.
--
-- member      the account's name: a member's id, or purse:<id>
-- kind        'member' or 'purse'
-- opened_at   the enrolment or the opening of the purse, UTC
-- opened_on   the business day of it, in the program's zone
-- position    place of that event in the log
CREATE VIEW accounts AS
SELECT member, 'member' AS kind, occurred_at AS opened_at, occurred_on AS opened_on, position
FROM enrolments
UNION ALL
SELECT member, 'purse', occurred_at, occurred_on, position
FROM purses;
