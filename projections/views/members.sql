-- members: one row per member.
-- Reads: enrolments.
--
-- member        the member's id
-- enrolled_at   when they joined, UTC
-- enrolled_on   the business day of it, in the program's zone
-- store         where they joined, '' where it was not said
-- position      place of the enrolment in the log
CREATE VIEW members AS
SELECT member, occurred_at AS enrolled_at, occurred_on AS enrolled_on, store, position
FROM enrolments;
