#pragma once

/* The connection to the orchestrator, as it was given. Neither blocks. */
enum { LANE_IN = 0, LANE_OUT = 1 };
