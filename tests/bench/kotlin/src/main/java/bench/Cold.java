package bench;

import com.sun.jna.Native;
import java.util.List;
import org.valifylink.HeaderLine;

/** The first call in a fresh JVM, in milliseconds: `jna` for loading JNA alone, `valify` for a first verification. */
public final class Cold {
  public static void main(String[] arguments) throws Exception {
    byte[] body = Deliveries.body(500);
    String signature = Deliveries.signature(body);
    long began = System.nanoTime();
    if (arguments[0].equals("jna")) {
      // Whatever binds a function of the C library is JNA loaded and used.
      Native.register(CLibrary.class, "c");
      CLibrary.getpid();
    } else {
      Deliveries.verifier().verify(body, List.of(new HeaderLine("Stripe-Signature", signature))).getOutcome();
    }
    System.out.printf("%.1f%n", (System.nanoTime() - began) / 1e6);
  }

  /** A function without arguments. */
  static final class CLibrary {
    static native int getpid();
  }
}
