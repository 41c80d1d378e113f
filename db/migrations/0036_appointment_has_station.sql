-- Named, so that what it refuses is told apart from what another check does.
alter table appointment rename constraint appointment_check to appointment_has_station;
