// Each line below must fail to compile: nothing but a verifier makes an event, and nothing unverified leads to passed.
import Foundation
import ValifyLink

func forbidden(_ unverified: UnverifiedEvent, _ record: Verification, _ verifier: Verifier, _ link: Link) throws {
  _ = Event()
  _ = try JSONDecoder().decode(Event.self, from: Data())
  _ = unverified.outcome
  let event: Event = unverified
  _ = try record.add(unverified)
  _ = Returned()
  _ = Link()
  _ = try verifier.verify(body: ["status": "approved"], headers: [:])
  _ = Verification.Keys()
  _ = record.status == .passed
}
