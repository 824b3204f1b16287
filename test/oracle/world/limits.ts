/** The `server_login_timeout` of every world, in ms. */
export const LOGIN_TIMEOUT_MS = 5_000;

/** The longest time between the server's consent to a login and the moment that the proxy knows of it, in ms. */
export const LOGIN_SLACK_MS: number = LOGIN_TIMEOUT_MS + 1_000;
