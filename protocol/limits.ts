// What one message may hold: what the broker takes and the planner plans with.

/** The largest MQTT packet, topic and headers included. */
export const MAX_FRAME_BYTES = 16 * 1024 * 1024;
