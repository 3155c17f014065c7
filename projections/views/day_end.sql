-- day_end(on_day): the first instant after a day of the program's zone, UTC.
-- Reads: programs.
CREATE MACRO day_end(on_day) AS
    timezone(
        'UTC',
        timezone(
            coalesce((SELECT arg_max(zone, position) FROM programs), 'UTC'),
            (on_day::DATE + 1)::TIMESTAMP
        )
    );
