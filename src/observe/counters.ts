/**
 * What has happened so far, in the words of the classic daemon's statistics. Plain numbers: whoever
 * makes something happen adds one where it happens.
 */
export class Counters {
  clientsNow = 0;
  clientsPeak = 0;
  clientsAccepted = 0;
  /** Logins that were answered with OK. */
  logins = 0;
  /** Of these, how many were served by a connection that was already there. */
  loginsReused = 0;
  /** Logins that were answered with NO or BAD. */
  loginsRefused = 0;

  clientArrived(): void {
    this.clientsAccepted += 1;
    this.clientsNow += 1;
    this.clientsPeak = Math.max(this.clientsPeak, this.clientsNow);
  }

  clientLeft(): void {
    this.clientsNow -= 1;
  }
}
