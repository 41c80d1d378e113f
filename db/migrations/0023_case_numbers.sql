-- A case number is found by any part of it, as all that is written in an incident.
drop index incident_case_number;
