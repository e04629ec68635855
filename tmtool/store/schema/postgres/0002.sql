-- What files say of all their units (the header of a TMX): props, of a type, and notes, which have
-- none. action is the one that brought it; NULL where history no longer tells of it.
CREATE TABLE headers (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    action bigint,
    type   text,
    text   text NOT NULL
);
