-- What a station sent that was refused and kept is listed, of whatever incident.
create index refused_body_station on refused_body (station_id, received_at);
