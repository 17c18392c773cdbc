package java.lang;

import java.util.concurrent.atomic.AtomicReference;

/** What is known of each storage class: for as long as the class is there. */
final class MmapscopeStorages extends ClassValue<AtomicReference<MmapscopeStorage>> {

  @Override
  protected AtomicReference<MmapscopeStorage> computeValue(Class<?> type) {
    return new AtomicReference<>();
  }
}
