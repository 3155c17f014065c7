-- account_kind(name): 'purse' for the name of a purse (purse:<id>), 'member' for a member's id.
-- Reads: nothing.
CREATE MACRO account_kind(name) AS
    CASE WHEN starts_with(name, 'purse:') THEN 'purse' ELSE 'member' END;
