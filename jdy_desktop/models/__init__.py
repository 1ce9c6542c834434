"""What the business is: tables, states and pure rules. No Qt, no network, no clock.

`states` and `ids` can be imported without loading the database library; the tables cannot."""
