import Foundation

// The sandbox first, with this app's webhook: `valify-sandbox serve --webhook-url http://127.0.0.1:8000/webhooks/valify`.
// Then this: `swift run`, and http://127.0.0.1:8000 in a browser.
let settings = try Settings()
let app = try App(settings)
let listener = try Listener(port: settings.port, maxBodyBytes: settings.verifier.maxBodyBytes)
// Not `print`, which keeps it back where nobody reads along.
FileHandle.standardOutput.write(Data("serving \(settings.publicOrigin)\n".utf8))
listener.serve { await app.handle($0) }
