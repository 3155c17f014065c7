-- periods_since_epoch(on_day, period): the number of a day's period, a whole number.
-- Reads: nothing.
--
-- period 'day': days since 1970-01-01; 'week': weeks from Monday to Sunday since the one that had
-- that day. Anything else is an error.
CREATE MACRO periods_since_epoch(on_day, period) AS
    CASE period
        WHEN 'day' THEN on_day::DATE - DATE '1970-01-01'
        WHEN 'week' THEN (date_trunc('week', on_day::DATE)::DATE - DATE '1969-12-29') // 7
        ELSE error('a period is ''day'' or ''week''')
    END;
